/// What a file says about a program that plans in its place; how it is run is not this module's affair.
package struct ProgramDefinition: Hashable, Sendable {
  /// The program and its arguments, as they were written; one or more.
  package let arguments: [String]
  /// The variables that the program may see, by name.
  package let environment: [String]
  /// How long it may take for an item, in seconds; nil for the usual time.
  package let timeout: Double?
  /// What it gets with its first line, in the order of the file.
  package let inputs: [ProgramInput]

  /// A program.
  package init(
    arguments: [String], environment: [String] = [], timeout: Double? = nil, inputs: [ProgramInput] = []
  ) {
    self.arguments = arguments
    self.environment = environment
    self.timeout = timeout
    self.inputs = inputs
  }
}
