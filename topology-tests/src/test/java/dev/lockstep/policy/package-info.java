/** The policies for API Management: what their files hold, and that their messages are read. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.policy;
