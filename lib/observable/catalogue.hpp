// Every observable, defined once: what it is, how it is normalised, which kind of number it is.
#pragma once

#include <span>
#include <string_view>

namespace sgdyn {

enum class Kind {
  real,        ///< any real number
  proportion,  ///< a count divided by the number of samples: its resolution is one count
};

struct ObservableInfo {
  std::string_view name;        ///< key in result documents
  std::string_view symbol;      ///< as in the papers, plain text
  std::string_view definition;  ///< formula and normalisation
  Kind kind;
};

/// All one-time observables, in the order of tables and figures:
///   overlap               m = v.w / sqrt(N)
///   norm                  C(t,t) = |w|^2 / N
///   training_loss         (1/N) sum_mu loss(h_mu) = alpha E[loss], without the ridge term
///   training_accuracy     fraction of training samples decided correctly
///   generalisation_error  probability that a fresh sample is decided wrongly, exact given (m, C)
///   support_fraction      P(margin < kappa), losses with a margin only
[[nodiscard]] std::span<const ObservableInfo> observable_catalogue();

/// @throws std::out_of_range for an unknown name.
[[nodiscard]] const ObservableInfo& observable_info(std::string_view name);

}  // namespace sgdyn
