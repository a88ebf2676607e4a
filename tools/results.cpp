#include "results.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "document.hpp"
#include "figures.hpp"
#include "report_html.hpp"
#include "sgdyn/core/error.hpp"
#include "sgdyn/io/atomic_file.hpp"
#include "sgdyn/io/npy.hpp"
#include "sgdyn/io/result.hpp"
#include "tables.hpp"

namespace sgdyn::tools {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> write_arrays(const Outcome& outcome, const fs::path& directory) {
  std::vector<std::string> files;
  const auto write = [&](const std::string& name, const Eigen::MatrixXd& matrix) {
    files.push_back("arrays/" + name + ".npy");
    write_npy(directory / files.back(), matrix);
  };
  prepare_output_directory(directory / "arrays");
  for (const Observables* producer : producers(outcome)) {
    for (const auto& [name, array] : producer->two_time) {
      write(producer->producer + "_" + name, array.mean);
      if (array.standard_error.size() > 0) write(producer->producer + "_" + name + "_stderr", array.standard_error);
    }
  }
  return files;
}

std::vector<Figure> write_figures(const Outcome& outcome, const fs::path& directory, const Options& options,
                                  Session& session) {
  // Somebody who pressed Ctrl-C waits: keep the numbers, leave out the pictures.
  if (!options.plot || session.stopped()) return {};
  prepare_output_directory(directory / "figures");
  Drawing drawing = draw_figures(outcome, directory / "figures");
  if (!drawing.warning.empty()) session.warn(drawing.warning);
  return drawing.figures;
}

// Everything goes to the stage and is published together; the document is the last file.
nlohmann::ordered_json write_results(const Outcome& outcome, const Options& options, Session& session,
                                     OutputDirectory& directory) {
  const fs::path stage = directory.stage();
  std::vector<std::string> files = write_arrays(outcome, stage);
  const std::vector<Figure> figures = write_figures(outcome, stage, options, session);
  for (const Figure& figure : figures) {
    files.push_back("figures/" + figure.name + ".svg");
    files.push_back("figures/" + figure.name + ".png");
  }
  write_file(stage / "series.csv", series_csv(producers(outcome)));
  write_file(stage / "report.html", report_html(outcome, figures, stage / "figures"));
  files.insert(files.end(), {"series.csv", "report.html", "result.json"});
  nlohmann::ordered_json document = result_document(outcome, files);
  write_file(stage / "result.json", document_text(document));
  directory.publish(files);
  return document;
}

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw InputError("", "the result cannot be written to stdout");
  }
}

}  // namespace

ExitStatus deliver(Outcome& outcome, const Options& options, Session& session, OutputDirectory* directory) {
  session.clear_progress();
  outcome.wall_seconds = session.wall_seconds();
  outcome.threads = session.thread_count();
  const nlohmann::ordered_json document =
      directory ? write_results(outcome, options, session, *directory) : result_document(outcome, {});
  if (options.json || directory == nullptr) {
    print(document_text(document));
  } else {
    print(outcome_text(outcome) + "report: " + (directory->path() / "report.html").string() + "\n");
  }
  const std::string message = status_message(outcome);
  if (!message.empty()) session.warn(fmt::format("{}: {}", to_string(worst_status(outcome)), message));
  return exit_status(outcome);
}

void deliver_refusal(Outcome& outcome, const NotApplicable& refusal, const Options& options, const Session& session) {
  if (!options.json) return;
  outcome.verdict_reason = refusal.what();
  outcome.wall_seconds = session.wall_seconds();
  outcome.threads = session.thread_count();
  print(document_text(result_document(outcome, {})));
}

}  // namespace sgdyn::tools
