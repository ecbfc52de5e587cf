/** Code that breaks the rules, so that they are seen to bite. Never run. */
@NullMarked
package io.github.leaderelection.it.architecture.broken.testkit;

import org.jspecify.annotations.NullMarked;
