#include "document.hpp"

#include <algorithm>
#include <map>

#include "notes.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "sgdyn/io/result.hpp"
#include "sgdyn/validation/temperatures.hpp"

namespace sgdyn::tools {
namespace {

using nlohmann::ordered_json;

// The seed of each producer that has one.
ordered_json seeds(const Outcome& outcome) {
  ordered_json all = ordered_json::object();
  for (const Observables* producer : producers(outcome)) {
    const auto found = producer->settings.find("seed");
    if (found != producer->settings.end()) all[producer->producer] = std::stoull(found->second);
  }
  return all;
}

ordered_json provenance(const Outcome& outcome) {
  const ordered_json all_seeds = seeds(outcome);
  return {{"version", SGDYN_VERSION},
          {"seed", all_seeds.empty() ? ordered_json(nullptr) : all_seeds.front()},
          {"seeds", all_seeds},
          {"threads", outcome.threads},
          {"problem_hash", problem_hash(outcome.problem)},
          {"wall_seconds", outcome.wall_seconds}};
}

ordered_json pair_document(const Pair& pair, const Observables& theory) {
  return {{"observable", pair.observable},
          {"step", theory.of_minimiser ? ordered_json(nullptr) : ordered_json(pair.step)},
          {"theory", pair.theory},
          {"theory_stderr", pair.theory_stderr},
          {"simulation", pair.simulation},
          {"simulation_stderr", pair.simulation_stderr},
          {"z", pair.z},
          {"relative_gap", pair.relative_gap},
          {"producer", theory.producer}};
}

ordered_json summary_document(const ObservableSummary& summary, bool of_minimiser) {
  return {{"observable", summary.observable},
          {"verdict", to_string(summary.verdict)},
          {"largest_value", summary.largest_value},
          {"worst_z", summary.worst_z},
          {"worst_step", of_minimiser ? ordered_json(nullptr) : ordered_json(summary.worst_step)},
          {"largest_gap", summary.largest_gap},
          {"largest_half_width", summary.largest_half_width},
          {"finite_size_shift", summary.finite_size_shift},
          {"finite_size_error", summary.finite_size_error}};
}

ordered_json comparison_document(const Comparison& comparison, const std::string& producer) {
  ordered_json summaries = ordered_json::array();
  for (const ObservableSummary& summary : comparison.summaries)
    summaries.push_back(summary_document(summary, comparison.of_minimiser));
  return {{"producer", producer},
          {"verdict", to_string(comparison.verdict)},
          {"reason", comparison.reason},
          {"false_alarm", comparison.false_alarm},
          {"resolution", comparison.resolution},
          {"threshold", comparison.threshold},
          {"p_value", comparison.p_value},
          {"summaries", summaries}};
}

void add_comparisons(ordered_json& document, const Outcome& outcome) {
  ordered_json pairs = ordered_json::array();
  ordered_json comparisons = ordered_json::array();
  for (std::size_t i = 0; i < outcome.comparisons.size(); ++i) {
    const std::string& producer = outcome.theories[i].producer;
    for (const Pair& pair : outcome.comparisons[i].pairs) pairs.push_back(pair_document(pair, outcome.theories[i]));
    comparisons.push_back(comparison_document(outcome.comparisons[i], producer));
  }
  for (const Observables& theory : outcome.theories) {
    const auto pair = outcome.simulation ? compare_temperatures(theory, *outcome.simulation) : std::nullopt;
    if (pair) pairs.push_back(pair_document(*pair, theory));
  }
  document["agreement"] = pairs;
  if (!outcome.verdict) return;
  document["verdict"] = to_string(*outcome.verdict);
  document["verdict_reason"] = outcome.verdict_reason;
  // One theory is the rule: its comparison stands by itself, several make a list.
  if (comparisons.size() == 1) {
    document["comparison"] = comparisons.front();
  } else if (!comparisons.empty()) {
    document["comparison"] = comparisons;
  }
}

// Functions of two times are files beside the document: where they are, or why there is none.
void add_arrays(ordered_json& block, const Outcome& outcome, const Observables& producer,
                const std::vector<std::string>& files) {
  for (const std::string name : {"correlation", "response", "replica_correlation"}) {
    if (name == "replica_correlation" && outcome.problem.observables.replicas < 2) continue;
    const std::string file = "arrays/" + producer.producer + "_" + name + ".npy";
    const bool written = std::find(files.begin(), files.end(), file) != files.end();
    std::string reason = why_no_array(outcome, producer, name);
    if (reason.empty() && !written) reason = "arrays are not part of this document: --out writes them to files";
    block[name] = {{"array", written ? ordered_json(file) : ordered_json(nullptr)}};
    if (!reason.empty()) block[name]["reason"] = reason;
  }
}

ordered_json producer_document(const Outcome& outcome, const Observables& producer,
                               const std::vector<std::string>& files) {
  ordered_json block = to_json(producer);
  if (producer.of_minimiser) return block;
  add_arrays(block, outcome, producer, files);
  return block;
}

// Where nothing but minimisers is compared, direct minimisation is the simulation.
std::string block_name(const Outcome& outcome, const Observables& producer) {
  const bool alone = &producer == counterpart(outcome, producer) && producer.of_minimiser && !outcome.simulation;
  return alone ? "simulation" : producer.producer;
}

}  // namespace

ordered_json result_document(const Outcome& outcome, const std::vector<std::string>& files) {
  ordered_json document{{"schema", "sgdyn-result/1"}, {"command", outcome.command}, {"name", outcome.name}};
  document["problem"] = to_json(outcome.problem);
  if (outcome.theory_problem) document["theory_problem"] = to_json(*outcome.theory_problem);
  document["status"] = to_string(worst_status(outcome));
  if (const std::string message = status_message(outcome); !message.empty()) document["message"] = message;
  document["provenance"] = provenance(outcome);
  for (const Observables* producer : producers(outcome)) {
    document[block_name(outcome, *producer)] = producer_document(outcome, *producer, files);
  }
  const bool measured = outcome.simulation || outcome.minimisation;
  if (outcome.verdict || (measured && !outcome.theories.empty())) add_comparisons(document, outcome);
  if (const std::vector<std::string> all = notes(outcome); !all.empty()) document["notes"] = all;
  for (const auto& [key, block] : outcome.extras.blocks) document[key] = block;
  if (!files.empty()) document["files"] = files;
  return document;
}

std::string document_text(const ordered_json& document) { return document.dump(1) + "\n"; }

}  // namespace sgdyn::tools
