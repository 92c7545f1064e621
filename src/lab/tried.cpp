#include "lab/tried.h"

#include "strategy/built_in.h"
#include "strategy/compile.h"

namespace cw::lab {

records::TriedStrategy tried_by(const std::string& user_id, const strategy::Document& document) {
  records::TriedStrategy tried{user_id, strategy::fingerprint(document), document.name};
  const auto* shipped = strategy::find_built_in(document.name);
  if (shipped != nullptr && strategy::fingerprint(shipped->document) == tried.fingerprint) tried.name.clear();
  return tried;
}

}  // namespace cw::lab
