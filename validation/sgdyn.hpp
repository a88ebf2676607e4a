// Everything a program needs: read a problem, ask a theory, ask the simulator or the minimiser, compare.
#pragma once

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/observables.hpp"
#include "sgdyn/core/problem.hpp"
#include "sgdyn/io/problem_file.hpp"
#include "sgdyn/sim/simulate.hpp"
#include "sgdyn/theory/dmft/dmft.hpp"
#include "sgdyn/theory/replica/replica.hpp"
#include "sgdyn/theory/replica/sensitivity.hpp"
#include "sgdyn/theory/replica/separability.hpp"
#include "sgdyn/theory/theory.hpp"
#include "sgdyn/validation/compare.hpp"
#include "sgdyn/validation/minimise.hpp"
#include "sgdyn/validation/separable.hpp"
