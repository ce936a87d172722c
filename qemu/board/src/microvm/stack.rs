//! How deep a call goes, by painting the stack below it.

use core::arch::asm;

use super::paging::stack_guard;

/// What the painted stack is full of. A callee that leaves exactly this in its last
/// words goes unnoticed; nothing does by chance.
const PAINT: u64 = 0xa5_5a_a5_5a_c3_3c_c3_3c;

/// Bytes of stack between here and the deepest point that the action came to.
#[inline(never)]
pub(crate) fn depth(action: impl FnOnce()) -> usize {
    let bottom = stack_guard().end;
    // Interrupts would leave their frames in the paint.
    critical_section::with(|_| {
        let here = paint(bottom);
        action();
        let untouched = (bottom..here)
            .step_by(8)
            // SAFETY: the words between the guard page and the stack pointer of then.
            .take_while(|word| unsafe { (*word as *const u64).read_volatile() } == PAINT);
        (here - bottom) as usize - 8 * untouched.count()
    })
}

/// Paints from `bottom` up to the stack pointer, and returns that.
#[inline(always)]
fn paint(bottom: u64) -> u64 {
    let here: u64;
    // SAFETY: what lies below the stack pointer is in no use (this target has no red
    // zone), and no call is made while it is written.
    unsafe {
        asm!(
            "mov {here}, rsp",
            "mov rcx, rsp",
            "sub rcx, rdi",
            "shr rcx, 3",
            "rep stosq",
            here = out(reg) here,
            inout("rdi") bottom => _,
            in("rax") PAINT,
            out("rcx") _,
        );
    }
    here
}
