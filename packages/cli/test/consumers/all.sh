# Starts all three, with the AWS CLI as the third, and waits until they have stopped. In the folder where they count.
# $1: this folder, $2: the endpoint, $3: python, $4: node, $5: aws, $6: seconds between the requests of the first two
# Whoever started this may have been killed: it ends by itself after a while.
end=$(($(date +%s) + 900))
"$3" "$1/boto.py" "$2" "$6" &
"$4" "$1/sdk.mjs" "$2" "$6" &
while [ ! -e stop ] && [ "$(date +%s)" -lt "$end" ]; do
  if "$5" s3 ls --endpoint-url "$2" >/dev/null; then printf . >>cli.ok; else printf . >>cli.failed; fi
  # Its start is the work of a whole core, and others work beside it.
  sleep 8
done
: >stop
wait
