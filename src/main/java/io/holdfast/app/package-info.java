/** The command line. */
package io.holdfast.app;
