// gallery.md and figures/ of an output directory.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gallery.hpp"
#include "session.hpp"

namespace sgdyn::tools {

class GalleryWriter {
 public:
  /// An empty directory: nothing is written. `recipes` will be written, all of them from `source`: a file, or empty for
  /// the recipes that sgdyn brings along.
  /// @throws InputError ("--out") when it cannot be written to, or holds something that would be lost.
  GalleryWriter(std::filesystem::path directory, const std::filesystem::path& source,
                const std::vector<figure::Recipe>& recipes, bool plot, Session& session);

  /// The names of the files written for it. Until all are ready nothing is replaced.
  std::vector<std::string> write(GalleryEntry& entry);

  /// Of the gallery; empty when nothing is written.
  [[nodiscard]] std::string place() const;

 private:
  [[nodiscard]] std::string earlier() const;
  void refuse_another_source(const std::string& gallery, const std::string& name) const;
  void draw(GalleryEntry& entry, const std::filesystem::path& stage);

  std::filesystem::path directory_;
  std::string source_;
  bool plot_;
  Session& session_;
};

}  // namespace sgdyn::tools
