/** Servers as a user has them: they know nothing of Holdfast, which comes in by -javaagent. Each is a program. */
package io.holdfast.lab.server;
