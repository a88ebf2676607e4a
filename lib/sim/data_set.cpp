#include "sgdyn/sim/data_set.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace sgdyn::sim {

std::uint32_t TrajectoryKey::stream_id() const {
  return static_cast<std::uint32_t>(size) << 26U | static_cast<std::uint32_t>(run) << 6U |
         static_cast<std::uint32_t>(realisation);
}

DataSet::DataSet(long samples, long dimension)
    : dimension_(static_cast<std::size_t>(dimension)), inputs_(static_cast<std::size_t>(samples) * padded(dimension_)) {
  resize(static_cast<std::size_t>(samples));
}

void DataSet::resize(std::size_t samples) {
  rows_.resize(samples);
  labels_.resize(samples);
  for (std::size_t mu = 0; mu < samples; ++mu) rows_[mu] = inputs_.data() + mu * stride();
}

bool DataSet::draw(const Problem& problem, const DataModel& model, std::uint64_t seed, TrajectoryKey key,
                   const std::function<bool()>& stopped) {
  double u = 0.0;
  Stream(seed, Purpose::sample_count, key.stream_id()).uniforms({&u, 1});
  resize(static_cast<std::size_t>(sample_count(problem, static_cast<long>(dimension_), u)));
  Stream stream(seed, Purpose::data, key.stream_id());
  std::vector<double> u_label(samples());
  std::vector<double> u_projection(samples());
  std::vector<double> projection(samples());
  stream.uniforms(u_label);
  stream.uniforms(u_projection);
  model.latent(u_label, u_projection, labels_, projection);

  const auto width = static_cast<float>(std::sqrt(problem.data.noise));
  for (std::size_t mu = 0; mu < samples(); ++mu) {
    if (stopped()) return false;
    const std::span<float> row(inputs_.data() + mu * stride(), stride());
    row[0] = static_cast<float>(projection[mu]);
    const std::span<float> noise = row.subspan(1, dimension_ - 1);
    stream.normals(noise);
    for (float& value : noise) value *= width;
    std::fill(row.begin() + static_cast<std::ptrdiff_t>(dimension_), row.end(), 0.0F);
  }
  return true;
}

double data_set_bytes(double samples, long dimension) {
  const auto stride = static_cast<double>(padded(static_cast<std::size_t>(dimension)));
  return samples * (stride * sizeof(float) + sizeof(double) + sizeof(const float*));
}

}  // namespace sgdyn::sim
