# One image for the server, the worker, the pages and the migrations; the command tells which.
FROM python:3.13-slim

# The pinned tzdata package, not the image's, says what time it is in a zone.
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONTZPATH="" UV_NO_CACHE=1

WORKDIR /app
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY server server
COPY optimizer optimizer
COPY gis gis
COPY clients clients
COPY migrations migrations
COPY proto/gen proto/gen

# The lock as a constraint: its versions and hashes hold, and the tools of development stay out.
RUN sed -n '/^uv==/,/[^\\]$/p' requirements.lock > /tmp/uv.txt \
    && pip install --no-cache-dir --require-hashes --no-deps -r /tmp/uv.txt \
    && uv pip install --system --constraint requirements.lock . \
    && rm -rf /tmp/uv.txt server optimizer gis clients migrations proto

COPY docker docker
RUN install -d -o 10001 -g 10001 -m 0700 /var/lib/fieldwork
USER 10001
CMD ["python", "-m", "server", "serve"]
