# make demo     builds Sen and runs it with a sample province that lives
# make test     installs what the tests need, checks the code and runs every test
# make check    format, vet, staticcheck, import rules, go.mod
# make nightly  crash tests at full size, fuzzing, benchmarks (hours)
SHELL := /bin/bash

.PHONY: build demo test check nightly fuzz clean

build:
	@scripts/needs.sh go
	go build -trimpath -o bin/sen ./cmd/sen

# Flags go through ARGS: make demo ARGS="--addr 127.0.0.1:9000 --speed 5"
demo: build
	./bin/sen demo $(ARGS)

check:
	scripts/check.sh

test: check
	scripts/test.sh

nightly:
	scripts/nightly.sh

fuzz:
	scripts/fuzz.sh

clean:
	rm -rf bin tmp
