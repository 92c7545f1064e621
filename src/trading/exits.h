#pragma once

// The exits that rest with a position, and what a fill does to them. Of broker*.cpp alone.

#include "trading/book.h"

namespace cw::trading {

/// A share of a number of lots, rounded down; all of them from 1 on.
Lots lots_of_share(Lots all, double share);

/// Whether every exit of a bracket would lie on its side of the entry's own price, at the tick.
bool exits_are_on_their_sides(const Book& book, const Resting& entry, Ticks price);

/// Puts the exits of an entry to rest that opened so many lots at a price; the answer is their bracket's number. They are
/// numbered on from `order_numbers`. `targets_at_close_only`: of this bar only the close is sure to have come after the entry.
std::uint32_t rest_exits(Book& book, const Resting& entry, Ticks price, Lots lots, bool targets_at_close_only,
                         std::uint64_t& order_numbers);

/// Whether the order of prices in the bar decides about the exits of what just opened inside it. By a limit the price came
/// against the position, so the bar's worst price is still to come and its best may be over; by a stop the other way round.
bool exits_are_ambiguous(const Book& book, std::uint32_t bracket, bool by_limit);

/// Takes what was closed out of the bracket whose exit closed it, else out of the oldest ones, and ends those that are used
/// up with their exits.
void reduce_brackets(Book& book, std::uint32_t bracket, Lots closed);

/// The others of an order's group: smaller by a part that was filled, gone once it is done.
void update_group(Book& book, const Resting& order, Lots filled, bool done);

}  // namespace cw::trading
