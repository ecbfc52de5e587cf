/** Random faults on whole processes and real servers, and a checker that decides whether the promises held. */
@NullMarked
package io.github.leaderelection.it.nemesis;

import org.jspecify.annotations.NullMarked;
