# `make demo` shows what it does, `make test` checks that it does; neither needs an account, a server or configuration.
.PHONY: demo test build lint format bench dependencies emulators install clean

demo: dependencies
	@scripts/demo

# Tests run many at once; those that start programs and servers come apart, so that none starves another.
SWIFT_TEST = swift test --skip-build --disable-xctest
test: dependencies emulators lint
	swift build --build-tests
	$(SWIFT_TEST) --skip '^(DynamoDBTests|CLITests|ServerTests|CrashTests|WalkthroughTests)\.'
	$(SWIFT_TEST) --filter '^DynamoDBTests\.'
	$(SWIFT_TEST) --filter '^CLITests\.'
	$(SWIFT_TEST) --filter '^ServerTests\.'
	$(SWIFT_TEST) --filter '^CrashTests\.'
	$(SWIFT_TEST) --filter '^WalkthroughTests\.'

build: dependencies
	swift build -c release --product sparta-journal

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

format:
	swift format --in-place --recursive Package.swift Sources Tests

bench: dependencies
	@scripts/bench

# Installs the C libraries' headers where they are missing (Debian and Ubuntu; elsewhere it says what is needed).
dependencies:
	@scripts/dependencies

# Installs the DynamoDB-compatible servers that tests run against, below .build-emulators.
emulators:
	@scripts/emulators

PREFIX ?= /usr/local
install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 0755 .build/release/sparta-journal $(DESTDIR)$(PREFIX)/bin/

clean:
	rm -rf .build
