// The suites of this package use what others test their migrations with, too.
@_exported import SpartaJournalTesting
