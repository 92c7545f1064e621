#pragma once

#include <vector>

#include "strategy/reading.h"

namespace cw::strategy {

/// The member `inputs` of a document.
std::vector<Input> read_inputs(Object& document);
/// What opens and closes a position: the member `long` or `short`, whose tree and name are given.
Side read_side(Reading& reading, const Tree& tree, const std::string& field);
Sizing read_sizing(Reading& reading, const Tree& tree);

/// A document as a tree, in the order of its fields.
Tree tree_of(const Document& document);

}  // namespace cw::strategy
