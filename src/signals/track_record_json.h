#pragma once

#include <string>

#include "market/instrument.h"
#include "signals/track_record.h"

namespace cw::signals {

/// What a record is of.
struct RecordOf {
  market::InstrumentId instrument;
  market::Timeframe timeframe{};
  Horizon horizon{};
  double round_trip_cost = 0;
  std::string components;  // the document's name
};

/// The record as the API and `candlewick signals record --format json` tell it: the one object of docs/openapi.yaml, SignalRecord.
std::string record_json(const RecordOf& of, const TrackRecord& record);

}  // namespace cw::signals
