#!/usr/bin/env bash
# Starts NVIDIA's Triton. From the environment:
#   HTTP_PORT         KServe's v2 protocol over REST  (8000)
#   GRPC_PORT         KServe's v2 protocol over gRPC  (8001)
#   METRICS_PORT      metrics for Prometheus          (8002)
#   MODEL_REPOSITORY  the folder of models            (/models)
# Arguments are further flags of tritonserver, and win over these: of a port that is given twice the last
# one counts. A further --model-repository is one more.
#
# With the one argument `health` it asks whether all models are ready, and ends with 0 if so.
set -euo pipefail

http_port=${HTTP_PORT:-8000}
grpc_port=${GRPC_PORT:-8001}
metrics_port=${METRICS_PORT:-8002}
model_repository=${MODEL_REPOSITORY:-/models}

for pair in "HTTP_PORT=$http_port" "GRPC_PORT=$grpc_port" "METRICS_PORT=$metrics_port"; do
  number=${pair#*=}
  if ! [[ $number =~ ^[0-9]{1,5}$ ]] || ((10#$number > 65535)); then
    echo "${pair%%=*} is '$number'; it must be a port, 0 to 65535" >&2
    exit 2
  fi
done

if [[ ${1:-} == health && $# -eq 1 ]]; then
  exec 3<>"/dev/tcp/127.0.0.1/$http_port"
  printf 'GET /v2/health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  read -r _ code _ <&3
  [[ $code == 200 ]]
  exit
fi

exec tritonserver \
  "--http-port=$http_port" \
  "--grpc-port=$grpc_port" \
  "--metrics-port=$metrics_port" \
  "--model-repository=$model_repository" \
  "$@"
