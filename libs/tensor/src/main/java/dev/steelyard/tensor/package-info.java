/**
 * A thin layer on libtorch: how it is started, who owns native memory, how weights get in and out without a copy.
 *
 * <p>Operations are called on {@code org.bytedeco.pytorch} directly; nothing is wrapped for its own sake. A JVM that
 * uses this package needs {@code --enable-native-access=ALL-UNNAMED}.
 */
@NullMarked
package dev.steelyard.tensor;

import org.jspecify.annotations.NullMarked;
