#include "sgdyn/io/problem_reader.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "sgdyn/io/learning_rate_reader.hpp"
#include "sgdyn/io/text.hpp"
#include "sgdyn/model/catalogue.hpp"

namespace sgdyn::detail {
namespace {

/// What a table of the problem may hold: its own keys, and those of the component chosen under `chooser`.
struct TableRules {
  std::string name;
  std::vector<std::string> common;
  std::string chooser;  ///< "model" or "name"; empty where nothing is chosen
  std::span<const ComponentInfo> components;
  bool required = true;
};

std::vector<TableRules> table_rules() {
  return {
      {"data", {"model", "alpha", "noise"}, "model", known_data_models(), true},
      {"loss", {"name", "ridge", "intercept"}, "name", known_losses(), true},
      {"algorithm",
       {"name", "learning_rate", "steps", "momentum", "momentum_kind"},
       "name",
       known_sampling_schemes(),
       true},
      {"initial", {"variance", "overlap"}, "", {}, false},
      {"observables", {"replicas", "times", "response", "effective_temperature"}, "", {}, false},
  };
}

bool has_parameter(const ComponentInfo& component, std::string_view key) {
  const auto is_key = [&](const auto& info) { return info.key == key; };
  return std::any_of(component.parameters.begin(), component.parameters.end(), is_key) ||
         std::any_of(component.texts.begin(), component.texts.end(), is_key);
}

void add_keys(const ComponentInfo& component, std::vector<std::string>& keys) {
  for (const ParameterInfo& info : component.parameters) keys.emplace_back(info.key);
  for (const TextInfo& info : component.texts) keys.emplace_back(info.key);
}

std::vector<std::string> owners(const TableRules& rules, std::string_view key) {
  std::vector<std::string> names;
  for (const ComponentInfo& component : rules.components) {
    if (has_parameter(component, key)) names.emplace_back(component.name);
  }
  return names;
}

/// " (it belongs in [algorithm])" for a key that another table understands.
std::string belongs_elsewhere(const std::string& key) {
  for (const TableRules& rules : table_rules()) {
    const bool common = std::find(rules.common.begin(), rules.common.end(), key) != rules.common.end();
    if (key != "name" && (common || !owners(rules, key).empty())) return " (it belongs in [" + rules.name + "])";
  }
  return {};
}

int to_int(const Value& value, const std::string& key, const std::string& allowed) {
  const std::int64_t integer = as_integer(value, key);
  if (integer < std::numeric_limits<int>::min() || integer > std::numeric_limits<int>::max()) {
    throw InputError(key, describe(value) + " is out of range; allowed is " + allowed);
  }
  return static_cast<int>(integer);
}

/// One table of the problem, perhaps absent.
class Section {
 public:
  Section(const Table& root, TableRules rules, const std::string& origin) : rules_(std::move(rules)), place_(origin) {
    const Entry* entry = detail::find(root, rules_.name);
    if (entry == nullptr) return;
    place_ = entry->place;
    table_ = std::get_if<Table>(&entry->value.data);
    if (table_ != nullptr) return;
    throw wrong_type(entry->value, rules_.name, "one table [" + rules_.name + "]").at(place_);
  }

  /// The entry of a key, or of a key inside the table of one ("learning_rate.factor").
  [[nodiscard]] const Entry* find(std::string_view key) const {
    if (table_ == nullptr) return nullptr;
    const std::size_t dot = key.find('.');
    const Entry* entry = detail::find(*table_, key.substr(0, dot));
    if (dot == std::string_view::npos || entry == nullptr) return entry;
    const auto* inner = std::get_if<Table>(&entry->value.data);
    return inner == nullptr ? nullptr : detail::find(*inner, key.substr(dot + 1));
  }
  [[nodiscard]] std::string dotted(std::string_view key) const { return rules_.name + "." + printable(key); }
  /// The place of a key; of the table it would stand in, or of the file, where it is not given.
  [[nodiscard]] std::string place(std::string_view key) const {
    if (const Entry* entry = find(key)) return entry->place;
    const Entry* outer = find(key.substr(0, key.find('.')));
    return outer == nullptr ? place_ : outer->place;
  }

  /// The chosen component with the parameters that are given; refuses every other key.
  [[nodiscard]] Component component() const {
    const Entry& entry = required(rules_.chooser, "one of " + joined(component_names()));
    const ComponentInfo& chosen = at_place(entry.place, [&]() -> const ComponentInfo& {
      const std::string key = dotted(rules_.chooser);
      const std::string& name = as_string(entry.value, key, "one of " + joined(component_names()));
      return find_component(rules_.components, printable(name), key);
    });
    check_keys(&chosen);
    Component result{std::string(chosen.name), {}};
    for (const ParameterInfo& info : chosen.parameters) {
      if (find(info.key) != nullptr) result.parameters.emplace(info.key, number(std::string(info.key)));
    }
    for (const TextInfo& info : chosen.texts) {
      const std::string key(info.key);
      const std::string allowed = "text such as \"" + std::string(info.example) + "\"";
      (void)required(key, allowed);
      with(key, [&](const Value& value, const std::string& full) {
        result.texts.emplace(key, as_string(value, full, allowed));
      });
    }
    return result;
  }

  /// Refuses keys that neither the table nor the chosen component (null: none) understands.
  void check_keys(const ComponentInfo* chosen) const {
    if (table_ == nullptr) return;
    for (const Entry& entry : *table_) {
      const bool common = std::find(rules_.common.begin(), rules_.common.end(), entry.key) != rules_.common.end();
      if (!common && (chosen == nullptr || !has_parameter(*chosen, entry.key))) throw refusal(entry, chosen);
    }
  }

  /// Refuses keys that neither the table nor any component understands.
  void check_any_component() const {
    if (table_ == nullptr) return;
    for (const Entry& entry : *table_) {
      const bool common = std::find(rules_.common.begin(), rules_.common.end(), entry.key) != rules_.common.end();
      if (!common && owners(rules_, entry.key).empty()) throw refusal(entry, nullptr);
    }
  }

  [[nodiscard]] double number(const std::string& key) const {
    const Entry& entry = required(key, "a number");
    return at_place(entry.place, [&] { return as_number(entry.value, dotted(key)); });
  }
  [[nodiscard]] double number(const std::string& key, double fallback) const {
    return find(key) == nullptr ? fallback : number(key);
  }

  /// Runs read(entry, dotted key) on the key where it is given.
  template <class F>
  void with(const std::string& key, F read) const {
    if (const Entry* entry = find(key)) at_place(entry->place, [&] { read(entry->value, dotted(key)); });
  }
  [[nodiscard]] const Entry& required(const std::string& key, const std::string& allowed) const {
    const Entry* entry = find(key);
    if (entry == nullptr)
      throw InputError(dotted(key), "missing, and it is required; allowed is " + allowed).at(place_);
    return *entry;
  }

 private:
  [[nodiscard]] std::vector<std::string> component_names() const {
    std::vector<std::string> names;
    for (const ComponentInfo& info : rules_.components) names.emplace_back(info.name);
    return names;
  }

  [[nodiscard]] InputError refusal(const Entry& entry, const ComponentInfo* chosen) const {
    const std::vector<std::string> others = owners(rules_, entry.key);
    if (!others.empty()) {
      return InputError(dotted(entry.key),
                        "does not apply to " + quoted(chosen->name) + "; it applies to " + joined(others))
          .at(entry.place);
    }
    std::vector<std::string> known = rules_.common;
    if (chosen != nullptr) add_keys(*chosen, known);
    std::string hint = belongs_elsewhere(entry.key);
    if (hint.empty()) hint = did_you_mean(printable(entry.key), known);
    return InputError(dotted(entry.key), "unknown key" + hint + "; allowed is " + joined(known)).at(entry.place);
  }

  TableRules rules_;
  std::string place_;
  const Table* table_ = nullptr;
};

// What the question does not use.
bool ignored(const TableRules& rules, Question question) {
  return question != Question::trajectory && rules.name != "data" && rules.name != "loss";
}

bool required(const TableRules& rules, Question question) {
  return rules.required && !ignored(rules, question) && (question != Question::separability || rules.name == "data");
}

std::string required_tables(Question question) {
  std::vector<std::string> names;
  for (const TableRules& rules : table_rules()) {
    if (required(rules, question)) names.push_back("[" + rules.name + "]");
  }
  return joined(names);
}

void check_tables(const Table& root, const std::string& origin, std::span<const std::string> option_tables,
                  Question question) {
  std::vector<std::string> known = problem_tables();
  known.insert(known.end(), option_tables.begin(), option_tables.end());
  for (const Entry& entry : root) {
    const bool is_table = std::holds_alternative<Table>(entry.value.data);
    const std::string key = printable(entry.key);
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) {
      if (!is_table) throw wrong_type(entry.value, key, "one table [" + key + "]").at(entry.place);
      continue;
    }
    std::string hint = is_table ? did_you_mean(key, known) : belongs_elsewhere(entry.key);
    if (hint.empty()) hint = did_you_mean(key, known);
    const std::string what = is_table ? "unknown table" : "a key outside any table";
    throw InputError(key, what + hint + "; allowed are the tables " + joined(known)).at(entry.place);
  }
  for (const TableRules& rules : table_rules()) {
    if (!required(rules, question) || find(root, rules.name) != nullptr) continue;
    const std::string message =
        "the table [" + rules.name + "] is missing; a problem needs " + required_tables(question);
    throw InputError(rules.name, message).at(origin);
  }
}

std::vector<int> read_steps(const Value& value, const std::string& key, const std::string& allowed) {
  const auto* list = std::get_if<List>(&value.data);
  if (list == nullptr) throw wrong_type(value, key, allowed);
  if (list->empty()) throw InputError(key, "the list is empty; allowed is " + allowed);
  std::vector<int> steps;
  for (const Value& element : *list) steps.push_back(to_int(element, key, allowed));
  return steps;
}

std::vector<int> read_times(const Value& value, const std::string& key) {
  const std::string allowed = "\"all\" or an increasing list of steps";
  if (const auto* word = std::get_if<std::string>(&value.data); word != nullptr && *word == "all") return {};
  if (std::holds_alternative<std::string>(value.data)) {
    throw InputError(key, describe(value) + " is not known; allowed is " + allowed);
  }
  return read_steps(value, key, allowed);
}

/// The enumerator whose name in problem files is given.
template <class Choice>
Choice to_choice(const Value& value, const std::string& key, const std::vector<std::string>& names) {
  const std::string allowed = "one of " + joined(names);
  const std::string& word = as_string(value, key, allowed);
  const auto found = std::find(names.begin(), names.end(), word);
  if (found != names.end()) return static_cast<Choice>(found - names.begin());
  throw InputError(key,
                   quoted(word) + " is not known" + did_you_mean(printable(word), names) + "; allowed is " + allowed);
}

void read_data(const Section& section, Question question, DataSpec& data) {
  data.model = section.component();
  if (question != Question::separability) data.alpha = section.number("alpha");
  const auto default_noise = find_component(known_data_models(), data.model.name, "data.model").default_noise;
  data.noise = default_noise ? section.number("noise", *default_noise) : section.number("noise");
}

void read_loss(const Section& section, Question question, LossSpec& loss) {
  if (question == Question::separability) {
    section.check_any_component();
  } else {
    loss.loss = section.component();
    loss.ridge = section.number("ridge", loss.ridge);
  }
  section.with("intercept", [&](const Value& value, const std::string& key) {
    loss.intercept = to_choice<Intercept>(value, key, intercept_kinds());
  });
}

void read_algorithm(const Section& section, AlgorithmSpec& algorithm) {
  algorithm.sampling = section.component();
  (void)section.required("learning_rate", "a number, or a table with a schedule");
  section.with("learning_rate", [&](const Value& value, const std::string& key) {
    algorithm.learning_rate = to_learning_rate(value, key);
  });
  (void)section.required("steps", "an integer, the number of updates");
  section.with("steps", [&](const Value& value, const std::string& key) {
    algorithm.steps = to_int(value, key, "1 <= steps <= " + std::to_string(max_steps));
  });
  algorithm.momentum = section.number("momentum", algorithm.momentum);
  section.with("momentum_kind", [&](const Value& value, const std::string& key) {
    algorithm.momentum_kind = to_choice<MomentumKind>(value, key, momentum_kinds());
  });
}

void read_initial(const Section& section, InitialSpec& initial) {
  section.check_keys(nullptr);
  initial.variance = section.number("variance", initial.variance);
  initial.overlap = section.number("overlap", initial.overlap);
}

void read_observables(const Section& section, ObservablesSpec& observables) {
  section.check_keys(nullptr);
  section.with("replicas", [&](const Value& value, const std::string& key) {
    observables.replicas = to_int(value, key, "1 or 2");
  });
  section.with("response", [&](const Value& value, const std::string& key) {
    observables.response = read_steps(value, key, "an increasing list of steps");
  });
  section.with("effective_temperature", [&](const Value& value, const std::string& key) {
    const auto* asked = std::get_if<bool>(&value.data);
    if (asked == nullptr) throw wrong_type(value, key, "true or false");
    observables.effective_temperature = *asked;
  });
  section.with("times",
               [&](const Value& value, const std::string& key) { observables.times = read_times(value, key); });
}

/// Checks of the whole problem see every number as a double; the sentence shows 1000000 as the user wrote it, not
/// 1e+06.
InputError as_written(const InputError& error, const Entry* entry) {
  if (entry == nullptr) return error;
  const auto* list = std::get_if<List>(&entry->value.data);
  for (const Value& value : list != nullptr ? *list : List{entry->value}) {
    const auto* integer = std::get_if<std::int64_t>(&value.data);
    if (integer == nullptr) continue;
    const std::string as_double = shortest(static_cast<double>(*integer)) + " ";
    if (!error.message().starts_with(as_double)) continue;
    return {error.key(), std::to_string(*integer) + error.message().substr(as_double.size() - 1)};
  }
  return error;
}

}  // namespace

std::vector<std::string> problem_tables() {
  std::vector<std::string> names;
  for (const TableRules& rules : table_rules()) names.push_back(rules.name);
  return names;
}

std::vector<std::string> table_keys(std::string_view table) {
  std::vector<std::string> keys;
  for (const TableRules& rules : table_rules()) {
    if (rules.name != table) continue;
    keys = rules.common;
    for (const ComponentInfo& component : rules.components) {
      std::vector<std::string> own;
      add_keys(component, own);
      for (const std::string& key : own) {
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
      }
    }
  }
  return keys;
}

Problem to_problem(const Table& root, const std::string& origin, std::span<const std::string> option_tables,
                   Question question) {
  check_tables(root, origin, option_tables, question);
  std::vector<Section> sections;
  for (TableRules& rules : table_rules()) sections.emplace_back(root, std::move(rules), origin);
  Problem problem;
  problem.question = question;
  read_data(sections[0], question, problem.data);
  read_loss(sections[1], question, problem.loss);
  if (question == Question::trajectory) {
    read_algorithm(sections[2], problem.algorithm);
    read_initial(sections[3], problem.initial);
    read_observables(sections[4], problem.observables);
  }
  try {
    return validated(problem);
  } catch (const InputError& error) {
    const std::size_t dot = error.key().find('.');
    for (const Section& section : sections) {
      if (section.dotted("") != error.key().substr(0, dot) + ".") continue;
      const std::string key = error.key().substr(dot + 1);
      throw as_written(error, section.find(key)).at(section.place(key));
    }
    throw error.at(origin);
  }
}

}  // namespace sgdyn::detail
