/** The rules of the modules' dependencies, and of the purity of the machine; and code that breaks each of them. */
@NullMarked
package io.github.leaderelection.it.architecture;

import org.jspecify.annotations.NullMarked;
