#pragma once

#include <string>

#include "records/backtest_rows.h"
#include "strategy/document.h"

namespace cw::lab {

/// The strategy as its variants are counted. A shipped one has no name of its own: what people make of it under its name is
/// counted together, but not with what is shipped.
records::TriedStrategy tried_by(const std::string& user_id, const strategy::Document& document);

}  // namespace cw::lab
