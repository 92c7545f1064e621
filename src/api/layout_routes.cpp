#include <fmt/format.h>

#include "accounts/layouts.h"
#include "api/account_desk.h"
#include "base/json_text.h"

// /api/me/layouts: how a person wants charts arranged.
namespace cw::api {
namespace {

using records::Layout;
using Answer = net::Task<net::HttpResponse>;

std::string to_json(const Layout& layout) {
  return fmt::format(R"({{"name":{},"updated_at":{},"document":{}}})", json_string(layout.name),
                     to_ms(layout.updated_at), layout.document_json);
}

net::HttpResponse one_layout(const Layout& layout) { return json_response(200, to_json(layout)); }

net::HttpResponse all_layouts(const std::vector<Layout>& layouts) {
  std::string out = R"({"layouts":[)";
  for (const Layout& layout : layouts) {
    if (out.back() == '}') out += ',';
    out += to_json(layout);
  }
  return json_response(200, out + "]}");
}

Answer get_layouts(AccountDesk& desk, const Call& call) {
  co_return co_await answer_from<std::vector<Layout>>(
      desk, desk.changes, call,
      [&accounts = desk.accounts, user_id = call.principal->user->id] {
        return accounts::layouts_of(accounts, user_id);
      },
      all_layouts);
}

Answer get_layout(AccountDesk& desk, const Call& call) {
  co_return co_await answer_from<Layout>(
      desk, desk.changes, call,
      [&accounts = desk.accounts, user_id = call.principal->user->id, name = call.path.at("name")] {
        return accounts::find_layout(accounts, user_id, name);
      },
      one_layout);
}

Answer put_layout(AccountDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"document"}, {"document"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  auto document = body.object("document", accounts::kLayoutBytesMost);
  if (body.fault()) co_return refusal(*body.fault(), call);
  if (!document) co_return refusal({"bad_parameter", "'document' is needed: an object.", "document"}, call);
  co_return co_await answer_from<Layout>(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), user_id = call.principal->user->id,
       name = call.path.at("name"),
       document = std::move(*document)] { return accounts::save_layout(accounts, origin, user_id, name, document); },
      one_layout);
}

Answer delete_layout(AccountDesk& desk, const Call& call) {
  co_return co_await done_from(
      desk, desk.changes, call,
      [&accounts = desk.accounts, origin = call.origin(), user_id = call.principal->user->id,
       name = call.path.at("name")] { return accounts::remove_layout(accounts, origin, user_id, name); });
}

}  // namespace

std::vector<Route> layout_routes(AccountDesk& desk) {
  using accounts::Access;
  const auto with = [&desk](Answer (*handle)(AccountDesk&, const Call&)) {
    return [&desk, handle](const Call& call) { return handle(desk, call); };
  };
  return {
      {"/api/me/layouts", {}, with(get_layouts), Access::read, "GET"},
      {"/api/me/layouts/{name}", {}, with(get_layout), Access::read, "GET"},
      {"/api/me/layouts/{name}", {}, with(put_layout), Access::write, "PUT"},
      {"/api/me/layouts/{name}", {}, with(delete_layout), Access::write, "DELETE"},
  };
}

}  // namespace cw::api
