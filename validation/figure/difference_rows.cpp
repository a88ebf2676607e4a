#include "sgdyn/validation/figure/difference_rows.hpp"

namespace sgdyn::figure {
namespace {

Measured value_at(const std::shared_ptr<const Observables>& producer, const std::string& observable, double time) {
  if (!producer) return Measured::unavailable("not computed");
  const Quantity quantity{
      .kind = Quantity::Kind::value_at, .name = observable, .time = time, .count = 0, .text = observable};
  return quantity.of(*producer);
}

}  // namespace

std::vector<DifferenceRow> difference_rows(const Result& result, const DifferenceTable& table) {
  std::vector<DifferenceRow> rows;
  const std::vector<PointResult>& points = result.points[table.sweep];
  if (points.empty()) return rows;
  for (const std::string& name : table.observables) {
    for (const double time : table.times) {
      const Measured theory = value_at(points.front().theory, name, time);
      const Measured simulation = value_at(points.front().simulation, name, time);
      rows.push_back({name, time, theory, difference(value_at(points.back().theory, name, time), theory),
                      difference(value_at(points.back().simulation, name, time), simulation)});
    }
  }
  return rows;
}

}  // namespace sgdyn::figure
