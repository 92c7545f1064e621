// Build tool: embed OUT.cpp (PATH TYPE FILE)… writes the files as constants of the API. A file that ends in .yaml becomes
// JSON on the way: scalars keep the type that YAML 1.2's core schema gives them, keys are always texts, order stays.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

namespace {

void write_text(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += escape;
    } else {
      out += c;
    }
  }
  out += '"';
}

bool is_number(const std::string& text) {
  static const std::regex number{R"(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?)"};
  return std::regex_match(text, number);
}

void write_json(const YAML::Node& node, std::string& out) {
  if (node.IsMap()) {
    out += '{';
    for (auto item = node.begin(); item != node.end(); ++item) {
      if (item != node.begin()) out += ',';
      write_text(item->first.Scalar(), out);
      out += ':';
      write_json(item->second, out);
    }
    out += '}';
  } else if (node.IsSequence()) {
    out += '[';
    for (auto item = node.begin(); item != node.end(); ++item) {
      if (item != node.begin()) out += ',';
      write_json(*item, out);
    }
    out += ']';
  } else if (node.IsNull()) {
    out += "null";
  } else {
    const std::string& text = node.Scalar();
    const bool plain = node.Tag() == "?";  // "!" where it stands in quotes or as a block
    if (plain && (text == "true" || text == "false" || is_number(text))) {
      out += text;
    } else {
      write_text(text, out);
    }
  }
}

std::string read_all(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write_constant(std::ofstream& out, std::size_t index, const std::string& bytes) {
  out << "constexpr unsigned char kFile" << index << "[] = {";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out << (i % 32 == 0 ? "\n" : "") << static_cast<unsigned>(static_cast<unsigned char>(bytes[i])) << ',';
  }
  out << "};\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::ofstream out{argv[1]};
    out << "#include \"api/documents.h\"\n\n#include <array>\n\nnamespace cw::api {\nnamespace {\n\n";
    std::string table;
    std::size_t count = 0;
    for (int i = 2; i + 2 < argc; i += 3, ++count) {
      std::string bytes = read_all(argv[i + 2]);
      if (std::string_view{argv[i + 2]}.ends_with(".yaml")) {
        std::string json;
        write_json(YAML::Load(bytes), json);
        bytes = std::move(json);
      }
      write_constant(out, count, bytes);
      table += "    EmbeddedFile{\"" + std::string{argv[i]} + "\", \"" + argv[i + 1] +
               "\", {reinterpret_cast<const char*>(kFile" + std::to_string(count) + "), " +
               std::to_string(bytes.size()) + "}},\n";
    }
    out << "\n}  // namespace\n\nstd::span<const EmbeddedFile> embedded_files() {\n  static const std::array files{\n"
        << table << "  };\n  return files;\n}\n\n}  // namespace cw::api\n";
    return out.good() ? 0 : 1;
  } catch (const std::exception& failure) {
    std::cerr << "embed: " << failure.what() << '\n';
    return 1;
  }
}
