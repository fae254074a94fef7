/** What can be said of the templates for Azure without Azure. */
@NullMarked
package dev.lockstep.template;

import org.jspecify.annotations.NullMarked;
