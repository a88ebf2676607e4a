#include "sgdyn/theory/dmft/dmft.hpp"
