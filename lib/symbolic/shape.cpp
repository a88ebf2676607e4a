#include "sgdyn/symbolic/shape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/symbolic/derivative.hpp"
#include "sgdyn/symbolic/finiteness.hpp"
#include "sgdyn/symbolic/formula_error.hpp"
#include "sgdyn/symbolic/one_sided.hpp"
#include "sgdyn/symbolic/roots.hpp"

namespace sgdyn::symbolic {
namespace {

std::vector<double> positive_grid() {
  std::vector<double> grid;
  for (double x = 1e-12; x < 1.0 / 64; x *= 1.3) grid.push_back(x);
  for (int i = 1; i <= 32 * 64; ++i) grid.push_back(i / 64.0);
  for (double x = 32.0 * 1.01; x < scan_range; x *= 1.01) grid.push_back(x);
  grid.push_back(scan_range);
  return grid;
}

std::vector<double> symmetric_grid() {
  const std::vector<double> positive = positive_grid();
  std::vector<double> grid(positive.size());
  std::transform(positive.begin(), positive.end(), grid.rbegin(), [](double x) { return -x; });
  grid.push_back(0.0);
  grid.insert(grid.end(), positive.begin(), positive.end());
  return grid;
}

/// What must not vanish unnoticed: arguments of switches, denominators, logarithms, roots.
std::vector<NodeId> critical_arguments(Graph& graph, const FunctionOfOne& function) {
  const std::array<NodeId, 2> outputs{function.value, function.d1};
  std::vector<NodeId> result;
  for (const NodeId id : reachable(graph, outputs)) {
    const Node node = graph[id];
    switch (node.operation) {
      case Operation::maximum: result.push_back(graph.difference(node.operands[0], node.operands[1])); break;
      case Operation::log1p: result.push_back(graph.sum({node.operands[0]}, 1.0)); break;
      case Operation::power: {
        const bool constant = graph.is_constant(node.operands[1]);
        const double exponent = graph[node.operands[1]].value;
        if (!constant || exponent < 0.0 || std::floor(exponent) != exponent) result.push_back(node.operands[0]);
        break;
      }
      case Operation::select:
      case Operation::step:
      case Operation::sign:
      case Operation::absolute:
      case Operation::log: result.push_back(node.operands[0]); break;
      default: break;
    }
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  std::erase_if(result, [&](NodeId id) { return graph.is_constant(id); });
  return result;
}

Program program(const Graph& graph, NodeId id) { return {graph, std::span<const NodeId>(&id, 1), 1}; }

std::vector<Switch> switches(Graph& graph, const std::vector<NodeId>& ids) {
  std::vector<Switch> result;
  result.reserve(ids.size());
  for (const NodeId id : ids)
    result.push_back(
        {program(graph, id), program(graph, derivative(graph, id, 0)), program(graph, magnitude(graph, id))});
  return result;
}

class Examination {
 public:
  Examination(Graph& graph, const FunctionOfOne& function, const std::string& key)
      : key_(key),
        graph_(graph),
        function_(function),
        criticals_(switches(graph, critical_arguments(graph, function))),
        program_(graph,
                 std::array<NodeId, 6>{function.value, function.d1, function.d2, magnitude(graph, function.value),
                                       magnitude(graph, function.d1), magnitude(graph, function.d2)},
                 1),
        grid_(symmetric_grid()) {}

  Shape run() {
    samples_ = at(grid_);
    const std::size_t origin = grid_.size() / 2;
    if (!samples_[origin].finite()) throw not_finite(0.0, samples_[origin]);
    const std::size_t last = edge(origin, 1);
    const std::size_t first = edge(origin, -1);
    reaches_end_ = last + 1 == grid_.size();
    cut(first, last);
    roots_ = roots_of(criticals_, grid_, key_);
    for (const Root& root : roots_) shape_.breaks.push_back(root.x);
    for (std::size_t i = 0; i < roots_.size(); ++i) examine_root(i);
    for (const Sample& sample : samples_) examine_curvature(sample);
    for (std::size_t i = 1; i < roots_.size(); ++i) examine_curvature(at(std::midpoint(roots_[i - 1].x, roots_[i].x)));
    shape_.flat_beyond = flat_beyond();
    return shape_;
  }

 private:
  [[nodiscard]] std::vector<Sample> at(const std::vector<double>& x) const {
    std::array<std::vector<double>, 6> columns;
    std::array<double*, 6> outputs{};
    for (std::size_t j = 0; j < columns.size(); ++j) {
      columns[j].resize(x.size());
      outputs[j] = columns[j].data();
    }
    const double* input = x.data();
    program_.evaluate({&input, 1}, outputs, x.size());
    std::vector<Sample> result;
    result.reserve(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      result.push_back({columns[0][i], columns[1][i], columns[2][i], columns[3][i], columns[4][i], columns[5][i]});
    }
    return result;
  }
  [[nodiscard]] Sample at(double x) const { return at(std::vector<double>{x}).front(); }

  [[nodiscard]] InputError refusal(const std::string& what, double x, const std::string& allowed) const {
    return {key_, what + " at " + function_.variable + " = " + shortest(x) + "; allowed is a " + allowed +
                      " (given: " + quoted(function_.text) + ")"};
  }

  [[nodiscard]] InputError not_finite(double x, bool value) const {
    return refusal(value ? "the formula is not finite" : "the slope of the formula is not finite", x,
                   "formula that is finite, and has a finite slope, for every finite " + function_.variable);
  }
  /// It may have one that is approached too slowly to be seen, as by |h|^0.01.
  [[nodiscard]] InputError no_limit(const std::string& what, double x) const {
    return refusal(what + " has no finite limit that double precision could show", x,
                   "formula that is finite, and has a finite slope, for every finite " + function_.variable);
  }
  [[nodiscard]] InputError not_finite(double x, const Sample& sample) const {
    return not_finite(x, !std::isfinite(sample.value));
  }

  /// The last grid point, going from `origin` in `direction`, before the function ends or overflows.
  [[nodiscard]] std::size_t edge(std::size_t origin, int direction) const {
    std::size_t i = origin;
    const std::size_t end = direction > 0 ? grid_.size() - 1 : 0;
    while (i != end) {
      const std::size_t next = direction > 0 ? i + 1 : i - 1;
      if (!samples_[next].finite()) {
        if (!overflows_from(next, direction)) throw end_of_range(grid_[i], grid_[next]);
        break;
      }
      i = next;
    }
    return i;
  }

  /// From grid point i to the end of the grid numbers are too large: no pole, behind which the function comes back.
  [[nodiscard]] bool overflows_from(std::size_t i, int direction) const {
    constexpr double least = 10.0;
    const std::array<NodeId, 2> outputs{function_.value, function_.d1};
    const std::size_t last = direction > 0 ? grid_.size() : static_cast<std::size_t>(-1);
    if (std::fabs(grid_[i]) < least) return false;
    for (; i != last; i += static_cast<std::size_t>(direction)) {
      if (samples_[i].finite() || finiteness(graph_, outputs, grid_[i]) == Finiteness::undefined) return false;
    }
    return true;
  }

  [[nodiscard]] InputError end_of_range(double inside, double outside) const {
    for (int i = 0; i < 100; ++i) {
      const double middle = std::midpoint(inside, outside);
      (at(middle).finite() ? inside : outside) = middle;
    }
    return not_finite(outside, at(outside));
  }

  void cut(std::size_t first, std::size_t last) {
    const auto a = static_cast<std::ptrdiff_t>(first);
    const auto b = static_cast<std::ptrdiff_t>(last) + 1;
    grid_ = std::vector<double>(grid_.begin() + a, grid_.begin() + b);
    samples_ = std::vector<Sample>(samples_.begin() + a, samples_.begin() + b);
  }

  void examine_curvature(const Sample& sample) {
    if (sample.d2 < -1e-12 * sample.d2_size) shape_.convex = false;
  }

  /// To the next root in this direction.
  [[nodiscard]] double room(std::size_t i, int direction) const {
    const bool alone = direction > 0 ? i + 1 == roots_.size() : i == 0;
    return alone ? HUGE_VAL : std::fabs(roots_[direction > 0 ? i + 1 : i - 1].x - roots_[i].x);
  }

  [[nodiscard]] Side side(std::size_t i, int direction) const {
    const double root = roots_[i].x;
    const Side result = side_of([this](double x) { return at(x); }, roots_[i], direction, room(i, direction));
    for (std::size_t k = 0; k < result.sample.size(); ++k) {
      if (!result.sample[k].finite()) throw not_finite(root + result.distance[k], result.sample[k]);
    }
    return result;
  }

  void examine_root(std::size_t i) {
    const double root = roots_[i].x;
    const Sample here = at(root);
    if (!here.finite()) throw not_finite(root, here);
    const Side left = side(i, -1);
    const Side right = side(i, 1);
    const double window = std::ldexp(std::max(1.0, std::fabs(root)), -10);
    const std::array<Sample, 4> around{left.sample[2], right.sample[2], at(root - window), at(root + window)};
    const Least least = least_near(root, around);
    for (const Side& one : {left, right}) {
      if (diverges(one, Order::value, least.value)) throw no_limit("the formula", root);
      if (diverges(one, Order::slope, least.slope)) throw no_limit("the slope of the formula", root);
    }
    examine_change(roots_[i], here, left, right, least);
  }

  void examine_change(const Root& root, const Sample& here, const Side& left, const Side& right, const Least& least) {
    // A kink anywhere in the blur looks like a jump at the root.
    const double value = least.value + root.blur * std::fabs(right.sample[2].d1 - left.sample[2].d1);
    if (jump(left, right, Order::value, value) != 0.0 || leaves(here.value, left, Order::value, value)) {
      throw refusal("the formula jumps", root.x, "continuous formula");
    }
    const double kink = jump(left, right, Order::slope, least.slope);
    const bool sharp = root.blur == 0.0;
    if (kink != 0.0 || (sharp && leaves(here.d1, left, Order::slope, least.slope))) shape_.smooth = false;
    if (kink < 0.0) shape_.convex = false;
  }

  /// Some of the slopes at small distances from root i is not zero, on this side of the next root.
  [[nodiscard]] bool moves(std::size_t i, int direction) const {
    constexpr std::array<int, 4> exponents{-40, -20, -10, -5};
    const double x = roots_[i].x;
    const double most = room(i, direction);
    return std::any_of(exponents.begin(), exponents.end(), [&](int exponent) {
      const double distance = std::ldexp(std::max(1.0, std::fabs(x)), exponent);
      return distance < most && at(x + direction * distance).d1 != 0.0;
    });
  }

  [[nodiscard]] std::optional<double> flat_beyond() const {
    if (!reaches_end_) return std::nullopt;
    for (std::size_t i = roots_.size(); i-- > 0;) {
      const double root = roots_[i].x;
      if (!moves(i, -1)) continue;
      const auto beyond = std::upper_bound(grid_.begin(), grid_.end(), root) - grid_.begin();
      const bool flat =
          std::all_of(samples_.begin() + beyond, samples_.end(), [](const Sample& sample) { return sample.d1 == 0.0; });
      return flat && !moves(i, 1) ? std::optional<double>(root) : std::nullopt;
    }
    return std::nullopt;
  }

  const std::string& key_;
  const Graph& graph_;
  const FunctionOfOne& function_;
  std::vector<Switch> criticals_;
  Program program_;
  std::vector<double> grid_;
  std::vector<Sample> samples_;
  std::vector<Root> roots_;
  bool reaches_end_ = true;
  Shape shape_;
};

}  // namespace

Shape examine(Graph& graph, const FunctionOfOne& function, const std::string& key) {
  return Examination(graph, function, key).run();
}

}  // namespace sgdyn::symbolic
