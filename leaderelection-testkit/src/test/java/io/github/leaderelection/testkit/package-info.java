@NullMarked
package io.github.leaderelection.testkit;

import org.jspecify.annotations.NullMarked;
