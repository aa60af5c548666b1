#!/usr/bin/env bash
# Starts TensorFlow Serving. From the environment:
#   PORT             gRPC port                                   (8500)
#   REST_API_PORT    REST port; 0: none                          (8501)
#   MODEL_NAME       the name that clients ask for               (inception_v3)
#   MODEL_BASE_PATH  the folder with the model's version folders (/models/inception_v3)
# Arguments are further flags of tensorflow_model_server, and win over these: of a flag that is given
# twice the last one counts. MODEL_BASE_PATH is the model's own folder, not its parent as in the stock image.
#
# With the one argument `health` it asks the REST API whether the model is there, and ends with 0 if so.
set -euo pipefail

port=${PORT:-8500}
rest_api_port=${REST_API_PORT:-8501}
model_name=${MODEL_NAME:-inception_v3}
model_base_path=${MODEL_BASE_PATH:-/models/inception_v3}

for pair in "PORT=$port" "REST_API_PORT=$rest_api_port"; do
  number=${pair#*=}
  if ! [[ $number =~ ^[0-9]{1,5}$ ]] || ((10#$number > 65535)); then
    echo "${pair%%=*} is '$number'; it must be a port, 0 to 65535" >&2
    exit 2
  fi
done

if [[ ${1:-} == health && $# -eq 1 ]]; then
  exec 3<>"/dev/tcp/127.0.0.1/$rest_api_port"
  printf 'GET /v1/models/%s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$model_name" >&3
  answer=$(cat <&3)
  [[ $answer == *'"AVAILABLE"'* ]]
  exit
fi

exec tensorflow_model_server \
  "--port=$port" \
  "--rest_api_port=$rest_api_port" \
  "--model_name=$model_name" \
  "--model_base_path=$model_base_path" \
  "$@"
