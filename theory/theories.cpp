#include "sgdyn/generated/theories.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/theory/theory.hpp"

namespace sgdyn {

std::span<const Theory> theories() {
  static const std::vector<Theory> all = generated::make_theories();
  return all;
}

const Theory& find_theory(const std::string& name) {
  std::vector<std::string> names;
  std::string list;
  for (const Theory& theory : theories()) {
    if (theory.name == name) return theory;
    names.push_back(theory.name);
    list += (list.empty() ? "" : ", ") + theory.name;
  }
  throw InputError("--theory", "\"" + name + "\" is not known" + did_you_mean(name, names) + "; allowed is " + list);
}

}  // namespace sgdyn
