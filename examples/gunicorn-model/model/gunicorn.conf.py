"""
How Gunicorn runs the server.

Environment: `SAGEMAKER_BIND_TO_PORT`, default 8080; `MODEL_HOST`, the address to listen on, default 127.0.0.1 (the image
sets 0.0.0.0, as a container must be reached from outside); `SAGEMAKER_MODEL_SERVER_WORKERS`, processes, default one for
each CPU.
"""
import os


def _cpus():
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _number(name, default, lowest):
    text = os.environ.get(name, '')
    if not text:
        return default
    if not text.isascii() or not text.isdecimal() or int(text) < lowest:
        raise ValueError(f'{name} must be a whole number from {lowest}: {text}')
    return int(text)


bind = f'{os.environ.get("MODEL_HOST", "127.0.0.1")}:{_number("SAGEMAKER_BIND_TO_PORT", 8080, 0)}'
workers = _number('SAGEMAKER_MODEL_SERVER_WORKERS', _cpus(), 1)

# Threads keep connections alive between requests and answer /ping while another computes.
worker_class = 'gthread'
threads = 4

# Longer than SageMaker pools idle connections, so that none is closed under a request.
keepalive = 75

# The model is read once and its memory shared; a model that cannot be loaded ends the server at once.
preload_app = True

# SageMaker waits 60 s for an answer, and 30 s between SIGTERM and SIGKILL.
timeout = 60
graceful_timeout = 25

# Newer versions listen for commands at a path that all servers of a user would share.
control_socket_disable = True

# Workers show that they live by touching a file: on a disk that blocks, they would be taken for dead.
if os.access('/dev/shm', os.W_OK):
    worker_tmp_dir = '/dev/shm'


# Not `post_fork`: until a worker has its own signal handlers, it loses a SIGTERM, and what is done here takes a while.
def post_worker_init(worker):
    # Not imported above: Gunicorn reads this file before it loads the server.
    import tracing

    tracing.start_in_worker()


def worker_exit(server, worker):
    import tracing

    tracing.stop_in_worker()
