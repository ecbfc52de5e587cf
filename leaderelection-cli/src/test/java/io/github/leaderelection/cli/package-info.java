@NullMarked
package io.github.leaderelection.cli;

import org.jspecify.annotations.NullMarked;
