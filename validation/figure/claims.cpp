#include "sgdyn/validation/figure/claims.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace sgdyn::figure {
namespace {

constexpr double indistinguishable = 0.01;  // of the reference, for differs

// A difference with the half-width of its error bar.
struct Gap {
  double value = 0.0;
  double half_width = 0.0;

  [[nodiscard]] bool positive() const { return value > half_width; }
  [[nodiscard]] bool negative() const { return value < -half_width; }
  [[nodiscard]] bool within(double limit) const { return std::fabs(value) + half_width <= limit; }
  [[nodiscard]] bool beyond(double limit) const { return std::fabs(value) - half_width > limit; }
};

// Of Student's t, two-sided, with the level shared by `comparisons`.
double quantile(double degrees, std::size_t comparisons) {
  const boost::math::students_t law(std::max(1.0, degrees));
  return boost::math::quantile(law,
                               1.0 - claim_error / (2.0 * static_cast<double>(std::max<std::size_t>(1, comparisons))));
}

Gap gap_of(const Measured& difference, std::size_t comparisons) {
  return {difference.value, quantile(difference.degrees, comparisons) * difference.error};
}

Gap gap_between(const Measured& a, const Measured& b, std::size_t comparisons) {
  return gap_of(difference(a, b), comparisons);
}

Measured exact(double value) { return {.value = value, .error = 0.0, .degrees = 1.0, .reason = {}, .spread = {}}; }

const Measured& reference_of(const Evidence& evidence, std::size_t i) {
  return evidence.reference.size() == 1 ? evidence.reference.front() : evidence.reference[i];
}

std::string listed(const Evidence& evidence) {
  std::string text;
  for (std::size_t i = 0; i < evidence.measured.size(); ++i) {
    text +=
        (i == 0 ? "" : ", ") + (evidence.at[i].empty() ? "" : evidence.at[i] + ": ") + with_error(evidence.measured[i]);
  }
  return text;
}

Finding monotone(const Evidence& evidence, double sign) {
  const std::size_t steps = evidence.measured.size() - 1;
  Finding finding{Truth::holds, listed(evidence)};
  std::string open;
  for (std::size_t i = 0; i < steps; ++i) {
    Gap gap = gap_between(evidence.measured[i + 1], evidence.measured[i], steps);
    gap.value *= sign;
    if (gap.positive()) continue;
    const std::string where = fmt::format("{} to {}", evidence.at[i], evidence.at[i + 1]);
    if (gap.negative()) return {Truth::fails, finding.numbers + "; the other way from " + where};
    open += (open.empty() ? "; not beyond the error bar from " : ", ") + where;
  }
  if (!open.empty()) finding = {Truth::undecided, finding.numbers + open};
  return finding;
}

Finding maximum_inside(const Evidence& evidence) {
  const std::vector<Measured>& values = evidence.measured;
  const std::size_t last = values.size() - 1;
  const std::size_t comparisons = 2 * (last - 1);
  bool some_end_above_all = false;
  for (const std::size_t end : {std::size_t{0}, last}) {
    bool above = true;
    for (std::size_t i = 1; i < last; ++i) above = above && gap_between(values[end], values[i], comparisons).positive();
    some_end_above_all = some_end_above_all || above;
  }
  std::size_t top = 1;
  for (std::size_t i = 1; i < last; ++i) top = values[i].value > values[top].value ? i : top;
  const bool inside = gap_between(values[top], values.front(), comparisons).positive() &&
                      gap_between(values[top], values[last], comparisons).positive();
  const Truth truth = inside ? Truth::holds : some_end_above_all ? Truth::fails : Truth::undecided;
  return {truth, fmt::format("{}; largest inside at {}", listed(evidence), evidence.at[top])};
}

// holds, unless some gap is beyond (fails) or not surely within its limit (undecided); names the worst.
struct Tolerances {
  Truth truth = Truth::holds;
  double worst = -1.0;
  std::string note;

  void add(const Gap& gap, double limit, bool error_bars_suffice, const std::string& where, const std::string& values) {
    const bool fine =
        gap.within(limit) || (error_bars_suffice && !gap.positive() && !gap.negative() && gap.half_width <= limit);
    if (gap.beyond(limit)) {
      truth = Truth::fails;
    } else if (!fine && truth == Truth::holds) {
      truth = Truth::undecided;
    }
    const double severity =
        gap.beyond(limit) ? 1e6 + std::fabs(gap.value) / limit : (std::fabs(gap.value) + gap.half_width) / limit;
    if (severity <= worst) return;
    worst = severity;
    note =
        fmt::format("{}{}: gap {:.2g} \u00b1 {:.2g}, allowed {:.2g}", where, values, gap.value, gap.half_width, limit);
  }
};

Finding value(const Claim& claim, const Evidence& evidence) {
  Tolerances all;
  for (std::size_t i = 0; i < evidence.measured.size(); ++i) {
    const double wanted = claim.values[i];
    const double limit = claim.absolute.value_or(claim.tolerance.value_or(0.0) * std::fabs(wanted));
    all.add(gap_between(evidence.measured[i], exact(wanted), evidence.measured.size()), limit, false, evidence.at[i],
            fmt::format(" against {:.6g}", wanted));
  }
  return {all.truth, listed(evidence) + "; " + all.note};
}

Finding equal(const Claim& claim, const Evidence& evidence) {
  Tolerances all;
  const std::vector<Measured>& values = evidence.measured;
  const std::size_t comparisons = values.size() * (values.size() - 1) / 2;
  double largest = 0.0;
  for (const Measured& one : values) largest = std::max(largest, std::fabs(one.value));
  const double limit = claim.absolute.value_or(claim.tolerance.value_or(0.0) * largest);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j) {
      all.add(gap_between(values[j], values[i], comparisons), limit, false, evidence.at[i] + " and " + evidence.at[j],
              "");
    }
  }
  return {all.truth, listed(evidence) + "; " + all.note};
}

Finding agrees(const Claim& claim, const Evidence& evidence, double resolution) {
  Tolerances all;
  for (std::size_t i = 0; i < evidence.measured.size(); ++i) {
    const Measured& simulated = evidence.reference[i];
    const double limit = claim.tolerance.value_or(resolution) * evidence.scale[i];
    all.add(gap_between(evidence.measured[i], simulated, evidence.measured.size()), std::max(limit, 1e-300), true,
            evidence.at[i], fmt::format(" {} against {}", with_error(evidence.measured[i]), with_error(simulated)));
  }
  return {all.truth, fmt::format("{} pairs; the widest, {}", evidence.measured.size(), all.note)};
}

// |last - reference| - |first - reference| as a sum of the numbers with the signs they have there. A reference that
// both gaps share cancels from points on one side of it, and counts twice between points on its two sides.
Measured growth_of(const Evidence& evidence, double first_sign, double last_sign) {
  const std::size_t last = evidence.measured.size() - 1;
  std::vector<Term> terms{{last_sign, &evidence.measured[last]}, {-first_sign, &evidence.measured.front()}};
  if (evidence.reference.size() == 1) {
    terms.push_back({first_sign - last_sign, &evidence.reference.front()});
  } else {
    terms.push_back({-last_sign, &evidence.reference[last]});
    terms.push_back({first_sign, &evidence.reference.front()});
  }
  return weighted_sum(terms);
}

Finding approaches(const Evidence& evidence) {
  const std::size_t last = evidence.measured.size() - 1;
  const double first = evidence.measured.front().value - reference_of(evidence, 0).value;
  const double final = evidence.measured[last].value - reference_of(evidence, last).value;
  const Gap growth = gap_of(growth_of(evidence, first < 0.0 ? -1.0 : 1.0, final < 0.0 ? -1.0 : 1.0), 1);
  const Truth truth = growth.positive() ? Truth::holds : growth.negative() ? Truth::fails : Truth::undecided;
  return {truth, fmt::format("{}; reference {}; gap {:.2g} at {}, {:.2g} at {}", listed(evidence),
                             with_error(reference_of(evidence, 0)), std::fabs(first), evidence.at.front(),
                             std::fabs(final), evidence.at[last])};
}

Finding differs(const Evidence& evidence) {
  const std::size_t count = evidence.measured.size();
  bool told_apart = false, all_equal = true;
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const Measured& other = reference_of(evidence, i);
    const Gap gap = gap_between(evidence.measured[i], other, count);
    told_apart = told_apart || gap.positive() || gap.negative();
    all_equal = all_equal && gap.within(indistinguishable * std::fabs(other.value));
    text += fmt::format("{}{}: {} against {}", i == 0 ? "" : ", ", evidence.at[i], with_error(evidence.measured[i]),
                        with_error(other));
  }
  return {told_apart ? Truth::holds : all_equal ? Truth::fails : Truth::undecided, text};
}

}  // namespace

std::string_view to_string(Truth truth) {
  switch (truth) {
    case Truth::holds: return "holds";
    case Truth::fails: return "fails";
    case Truth::undecided: break;
  }
  return "undecided";
}

std::string with_error(const Measured& measured) {
  if (!measured.available()) return "none";
  if (!(measured.error > 0.0)) return fmt::format("{:.5g}", measured.value);
  int digits = -static_cast<int>(std::floor(std::log10(measured.error)));
  if (measured.error * std::pow(10.0, digits) < 2.0) ++digits;  // two digits where one would be coarse
  digits = std::clamp(digits, 0, 12);
  const double units = std::round(measured.error * std::pow(10.0, digits));
  return fmt::format("{:.{}f}({:.0f})", measured.value, digits, std::max(1.0, units));
}

Finding judge(const Claim& claim, const Evidence& evidence, double resolution) {
  for (const std::vector<Measured>* list : {&evidence.measured, &evidence.reference}) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      if ((*list)[i].available()) continue;
      const std::string where = i < evidence.at.size() && !evidence.at[i].empty() ? evidence.at[i] + ": " : "";
      return {Truth::undecided, where + (*list)[i].reason};
    }
  }
  if (evidence.measured.empty()) return {Truth::undecided, "nothing was computed"};
  switch (claim.kind) {
    case Claim::Kind::increasing: return monotone(evidence, 1.0);
    case Claim::Kind::decreasing: return monotone(evidence, -1.0);
    case Claim::Kind::maximum_inside: return maximum_inside(evidence);
    case Claim::Kind::value: return value(claim, evidence);
    case Claim::Kind::equal: return equal(claim, evidence);
    case Claim::Kind::agrees: return agrees(claim, evidence, resolution);
    case Claim::Kind::approaches: return approaches(evidence);
    case Claim::Kind::differs: break;
  }
  return differs(evidence);
}

}  // namespace sgdyn::figure
