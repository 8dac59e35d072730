/**
 * The life of one attempt at a job as pure functions: what a record means, and what follows from each thing that can
 * happen. No threads, no sockets.
 */
@NullMarked
package dev.steelyard.worker.attempt;

import org.jspecify.annotations.NullMarked;
