#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <microhttpd.h>

/* Swift cannot call variadic functions; these call them with fixed arguments. */

struct latchkey_http_daemon {
    MHD_socket listening_socket;
    unsigned int threads;
    unsigned int connections;
    unsigned int idle_seconds;
    size_t connection_memory;
    void *context;
    MHD_AccessHandlerCallback handle;
    void *(*begin)(void *context, const char *target, struct MHD_Connection *connection);
    MHD_RequestCompletedCallback complete;
    MHD_NotifyConnectionCallback notify;
};

static inline struct MHD_Daemon *latchkey_http_start(const struct latchkey_http_daemon *d)
{
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, d->handle, d->context,
        MHD_OPTION_LISTEN_SOCKET, d->listening_socket,
        MHD_OPTION_THREAD_POOL_SIZE, d->threads,
        MHD_OPTION_CONNECTION_LIMIT, d->connections,
        MHD_OPTION_CONNECTION_TIMEOUT, d->idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, d->connection_memory,
        MHD_OPTION_STRICT_FOR_CLIENT, 0,
        MHD_OPTION_URI_LOG_CALLBACK, d->begin, d->context,
        MHD_OPTION_NOTIFY_COMPLETED, d->complete, d->context,
        MHD_OPTION_NOTIFY_CONNECTION, d->notify, d->context,
        MHD_OPTION_END);
}

static inline int latchkey_http_socket(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

static inline const struct sockaddr *latchkey_http_peer(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info == NULL ? NULL : info->client_addr;
}

static inline void *latchkey_http_context(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

/* Bytes of the request's head, the blank line included. */
static inline size_t latchkey_http_head_size(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info == NULL ? 0 : info->header_size;
}

struct latchkey_http_peer_state {
    /* Milliseconds since the peer last sent something. */
    unsigned int silence;
    /* Whether the peer has said that it will send no more, or the connection is gone. */
    _Bool has_finished;
    _Bool is_known;
};

/* What the system knows of a TCP connection's peer (tcp(7), TCP_INFO). */
static inline struct latchkey_http_peer_state latchkey_http_peer_state(int descriptor)
{
    struct latchkey_http_peer_state state = {0};
    struct tcp_info info;
    socklen_t length = sizeof(info);
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
        return state;
    state.silence = info.tcpi_last_data_recv;
    state.has_finished = info.tcpi_state == TCP_CLOSE_WAIT || info.tcpi_state == TCP_CLOSE;
    state.is_known = 1;
    return state;
}
