//! What the board has to bring. An image that uses a function of this crate and has no
//! board does not link.

// SAFETY: `bare-board` defines them with these signatures, in Rust's own ABI.
unsafe extern "Rust" {
    /// What the runner has passed to the program, without the program's name.
    pub(crate) safe fn __board_command_line() -> &'static str;
    /// Ends the machine; 0 is success.
    pub(crate) safe fn __board_exit(code: i32) -> !;
    /// Ends the machine after an `Err`.
    pub(crate) safe fn __board_abort() -> !;
}
