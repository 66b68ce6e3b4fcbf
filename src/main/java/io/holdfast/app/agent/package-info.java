/** The Java agent that installs the providers into an unmodified program. */
package io.holdfast.app.agent;
