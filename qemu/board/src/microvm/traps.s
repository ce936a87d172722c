# One entry for each of the processor's 32 exceptions and one for the timer, 16 bytes
# apart.
#
# The processor pushes an error code for some of them; the others push a zero, so
# that all frames look alike. Then everything that a Rust function may change is
# saved, and restored after it: the way back is not needed for a fault, which ends
# the run, but for a breakpoint and for the timer's interrupt.

.text
.balign 16
.global trap_entries
trap_entries:
.set vector, 0
.rept 33
    .balign 16
    .if ((0x60227d00 >> vector) & 1) == 0   # the vectors that come without a code
        push 0
    .endif
    push vector
    jmp trap_common
    .set vector, vector + 1
.endr

trap_common:
    cld
    push rax
    push rcx
    push rdx
    push rsi
    push rdi
    push r8
    push r9
    push r10
    push r11
    push rbx                    # keeps the stack pointer over the call
    lea rdi, [rsp + 10 * 8]
    mov rbx, rsp
    and rsp, -16
    call board_trap
    mov rsp, rbx
    pop rbx
    pop r11
    pop r10
    pop r9
    pop r8
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rax
    add rsp, 16                 # vector, error code
    iretq
