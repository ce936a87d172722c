//! How deep a call goes, by painting the stack below it.

use core::arch::asm;

use super::protection::stack_guard;

/// What the painted stack is full of. A callee that leaves exactly this in its last
/// words goes unnoticed; nothing does by chance.
const PAINT: u32 = 0xa55a_c33c;
const WORD: usize = size_of::<u32>();

/// Bytes of stack between here and the deepest point that the action came to.
#[inline(never)]
pub(crate) fn depth(action: impl FnOnce()) -> usize {
    let bottom = stack_guard().end;
    // Interrupts would leave their frames in the paint.
    critical_section::with(|_| {
        let here = paint(bottom);
        action();
        let untouched = (bottom..here)
            .step_by(WORD)
            // SAFETY: the words between the guard and the stack pointer of then.
            .take_while(|word| unsafe { (*word as *const u32).read_volatile() } == PAINT);
        here - bottom - WORD * untouched.count()
    })
}

/// Paints from `bottom` up to the stack pointer, and returns that.
#[inline(always)]
fn paint(bottom: usize) -> usize {
    let here: usize;
    // SAFETY: what lies below the stack pointer is in no use, and no call is made
    // while it is written.
    unsafe {
        asm!(
            "mov {here}, sp",
            "2:",
            "cmp {next}, {here}",
            "bhs 3f",
            "str {paint}, [{next}], #4",
            "b 2b",
            "3:",
            here = out(reg) here,
            next = inout(reg) bottom => _,
            paint = in(reg) PAINT,
        );
    }
    here
}
