# `make demo` shows what it does, `make test` checks that it does; neither needs an account, a server or configuration.
.PHONY: demo test build lint format bench dependencies install clean

demo: dependencies
	@scripts/demo

test: dependencies lint
	swift build --build-tests
	swift test --skip-build --disable-xctest

build: dependencies
	swift build -c release --product sparta-journal

lint:
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks

bench: dependencies
	@scripts/bench

# Installs the C libraries' headers where they are missing (Debian and Ubuntu; elsewhere it says what is needed).
dependencies:
	@scripts/dependencies

PREFIX ?= /usr/local
install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 0755 .build/release/sparta-journal $(DESTDIR)$(PREFIX)/bin/

clean:
	rm -rf .build
