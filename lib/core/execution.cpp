#include "sgdyn/core/execution.hpp"

#include <omp.h>

#include <algorithm>

namespace sgdyn {

int Execution::thread_count() const { return threads > 0 ? threads : std::max(1, omp_get_max_threads()); }

}  // namespace sgdyn
