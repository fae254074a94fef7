package dev.lockstep.template;

/** Says what of a template could not be read, with its place. */
final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TemplateException(String message) {
    super(message);
  }
}
