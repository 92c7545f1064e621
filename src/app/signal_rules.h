#pragma once

#include "base/config.h"
#include "base/error.h"
#include "signals/symbol_signals.h"

namespace cw::app {

/// What the configuration's [signals] says: the shipped components or those of a file, the costs, the model's weight.
/// Errors  those of the file, with its name; those of the document, with their place in it
Result<signals::SignalRules> signal_rules(const Config& config);

/// Reads a component document from a file.
Result<signals::ComponentDocument> read_components(const std::string& file);

}  // namespace cw::app
