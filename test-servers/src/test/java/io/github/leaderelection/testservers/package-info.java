@NullMarked
package io.github.leaderelection.testservers;

import org.jspecify.annotations.NullMarked;
