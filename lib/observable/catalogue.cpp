#include "sgdyn/observable/catalogue.hpp"

#include <array>
#include <stdexcept>
#include <string>

namespace sgdyn {
namespace {

constexpr std::array<ObservableInfo, 6> catalogue{{
    {"overlap", "m", "v.w/sqrt(N)", Kind::real},
    {"norm", "C(t,t)", "|w|^2/N", Kind::real},
    {"training_loss", "alpha E[loss]", "sum of the losses divided by N, without the ridge term", Kind::real},
    {"training_accuracy", "P(correct)", "fraction of training samples decided correctly", Kind::proportion},
    {"generalisation_error", "eps_gen", "probability that a fresh sample is decided wrongly", Kind::real},
    {"support_fraction", "P(h < kappa)", "fraction of training samples with margin below kappa", Kind::proportion},
}};

}  // namespace

std::span<const ObservableInfo> observable_catalogue() { return catalogue; }

const ObservableInfo& observable_info(std::string_view name) {
  for (const ObservableInfo& info : catalogue) {
    if (info.name == name) return info;
  }
  throw std::out_of_range("no observable is called \"" + std::string(name) + "\"");
}

}  // namespace sgdyn
