/** java.net.Socket and ServerSocket over the stack. */
package io.holdfast.net;
