/** The platform as users have it: the distribution, its processes and the command line. */
@NullMarked
package dev.steelyard.e2e;

import org.jspecify.annotations.NullMarked;
