/** Holds what documentation says against the code, where it is a table of what the code has. */
package io.holdfast.docs;
