package io.holdfast.lab.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.File;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;

/**
 * Netty: {@code NettyHttpServer HOST PORT DIRECTORY}. "/" answers a greeting, "/file/NAME" a file of the directory by
 * transferTo, a PUT the number of bytes it got.
 */
public final class NettyHttpServer {
    private static final byte[] GREETING = "Hello, world!".getBytes(StandardCharsets.US_ASCII);

    private NettyHttpServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        final File directory = new File(arguments[2]);
        final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        final Channel server = new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new ChannelInitializer<SocketChannel>() {
                @Override
                protected void initChannel(final SocketChannel channel) {
                    channel.pipeline().addLast(new HttpServerCodec(), new Handler(directory));
                }
            })
            .bind(arguments[0], Integer.parseInt(arguments[1])).sync().channel();
        System.out.println("listening");
        server.closeFuture().sync();
    }

    private static final class Handler extends SimpleChannelInboundHandler<HttpObject> {
        private final File directory;
        private boolean put;
        private long received;

        Handler(final File directory) {
            this.directory = directory;
        }

        @Override
        protected void channelRead0(final ChannelHandlerContext context, final HttpObject part) throws Exception {
            if (part instanceof HttpRequest request) {
                put = request.method().name().equals("PUT");
                received = 0;
                if (HttpUtil.is100ContinueExpected(request)) {
                    context.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
                }
                if (!put && request.uri().startsWith("/file/")) {
                    file(context, new File(directory, request.uri().substring(6)));
                } else if (!put) {
                    text(context, GREETING);
                }
            }
            if (put && part instanceof HttpContent content) {
                received += content.content().readableBytes();
                if (part instanceof LastHttpContent) {
                    text(context, (received + "\n").getBytes(StandardCharsets.US_ASCII));
                }
            }
        }

        @Override
        public void channelReadComplete(final ChannelHandlerContext context) {
            context.flush();
        }

        private static void text(final ChannelHandlerContext context, final byte[] body) {
            final DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(body));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
            context.write(response);
        }

        private static void file(final ChannelHandlerContext context, final File name) throws Exception {
            final RandomAccessFile file = new RandomAccessFile(name, "r");
            final DefaultHttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, file.length());
            context.write(response);
            context.write(new DefaultFileRegion(file.getChannel(), 0, file.length()));
            context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
            System.err.println("netty: " + cause);
            context.close().addListener(ChannelFutureListener.CLOSE);
        }
    }
}
