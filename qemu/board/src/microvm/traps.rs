//! The processor's exceptions: each is reported over the log by its name, with
//! where and on which address, and ends the run as a fault.
//!
//! Page faults and double faults have a stack of their own: a stack overflow is
//! a page fault at a moment when nothing can be pushed any more. Without that the
//! processor gives up (triple fault), QEMU exits with 0, and nobody knows why.
//!
//! The one device that interrupts is the timer; its vector follows the exceptions.

use core::arch::global_asm;
use core::sync::atomic::{AtomicBool, Ordering};

use x86_64::VirtAddr;
use x86_64::instructions::segmentation::{CS, DS, ES, SS, Segment};
use x86_64::instructions::tables::load_tss;
use x86_64::registers::control::Cr2;
use x86_64::structures::gdt::{Descriptor, GlobalDescriptorTable};
use x86_64::structures::idt::InterruptDescriptorTable;
use x86_64::structures::tss::TaskStateSegment;

use super::{paging, timer};
use crate::{Ending, println};

global_asm!(include_str!("traps.s"));

/// What `traps.s` and the processor have pushed when [`board_trap`] is called.
#[repr(C)]
struct Frame {
    vector: u64,
    error_code: u64,
    rip: u64,
    cs: u64,
    rflags: u64,
    rsp: u64,
    ss: u64,
}

/// A stack that only a fault uses.
#[repr(C, align(16))]
struct FaultStack([u8; 16 * 1024]);

static mut PAGE_FAULT_STACK: FaultStack = FaultStack([0; 16 * 1024]);
static mut DOUBLE_FAULT_STACK: FaultStack = FaultStack([0; 16 * 1024]);

const PAGE_FAULT_IST: u16 = 0;
const DOUBLE_FAULT_IST: u16 = 1;

static mut TSS: TaskStateSegment = TaskStateSegment::new();
static mut GDT: GlobalDescriptorTable = GlobalDescriptorTable::new();
static mut IDT: InterruptDescriptorTable = InterruptDescriptorTable::new();

unsafe extern "C" {
    safe static trap_entries: [[u8; 16]; 33];
}

fn top_of(stack: *mut FaultStack) -> VirtAddr {
    VirtAddr::from_ptr(stack.wrapping_add(1))
}

/// Installs the segments, the stacks and the handlers. Called once, at boot.
pub(super) fn install() {
    let (tss, gdt, idt) = (&raw mut TSS, &raw mut GDT, &raw mut IDT);
    // SAFETY: called once, with interrupts off: nobody else holds a reference to
    // these statics, and from here on only the processor uses them.
    let (tss, gdt, idt) = unsafe { (&mut *tss, &mut *gdt, &mut *idt) };

    // Written whole: the structure is packed, its field cannot be borrowed.
    let mut stacks = tss.interrupt_stack_table;
    stacks[usize::from(PAGE_FAULT_IST)] = top_of(&raw mut PAGE_FAULT_STACK);
    stacks[usize::from(DOUBLE_FAULT_IST)] = top_of(&raw mut DOUBLE_FAULT_STACK);
    tss.interrupt_stack_table = stacks;

    let code = gdt.append(Descriptor::kernel_code_segment());
    let data = gdt.append(Descriptor::kernel_data_segment());
    let task = gdt.append(Descriptor::tss_segment(tss));
    gdt.load();
    // SAFETY: the selectors are those of the table that was just loaded, of the
    // kinds that these registers want; the segments are flat like boot.s's.
    unsafe {
        CS::set_reg(code);
        SS::set_reg(data);
        DS::set_reg(data);
        ES::set_reg(data);
        load_tss(task);
    }

    interrupt_table(idt);
    idt.load();
}

/// Points every exception to its entry in `traps.s`.
fn interrupt_table(idt: &mut InterruptDescriptorTable) {
    let entry = |vector: u8| VirtAddr::from_ptr(&raw const trap_entries[usize::from(vector)]);
    macro_rules! point {
        ($($name:ident $vector:literal $(on $ist:ident)?,)*) => {
            // SAFETY: each entry is code that keeps the processor's conventions
            // for this vector, error code included; the stacks named by `on` are
            // in the TSS and used for one vector each.
            unsafe { $(idt.$name.set_handler_addr(entry($vector))$(.set_stack_index($ist))?;)* }
        };
    }
    // SAFETY: as below; the vector is a device's, which has no error code.
    unsafe { idt[timer::VECTOR].set_handler_addr(entry(timer::VECTOR)) };
    point! {
        divide_error 0, debug 1, non_maskable_interrupt 2, breakpoint 3, overflow 4,
        bound_range_exceeded 5, invalid_opcode 6, device_not_available 7,
        double_fault 8 on DOUBLE_FAULT_IST,
        invalid_tss 10, segment_not_present 11, stack_segment_fault 12,
        general_protection_fault 13,
        page_fault 14 on PAGE_FAULT_IST,
        x87_floating_point 16, alignment_check 17, machine_check 18,
        simd_floating_point 19, virtualization 20, cp_protection_exception 21,
        hv_injection_exception 28, vmm_communication_exception 29, security_exception 30,
    }
}

/// Name of an exception, as the processor's manuals have it.
fn name(vector: u64) -> &'static str {
    match vector {
        0 => "divide error",
        1 => "debug exception",
        2 => "non-maskable interrupt",
        3 => "breakpoint",
        4 => "overflow",
        5 => "bound range exceeded",
        6 => "invalid opcode",
        7 => "device not available (an SSE or x87 instruction?)",
        8 => "double fault",
        10 => "invalid TSS",
        11 => "segment not present",
        12 => "stack segment fault",
        13 => "general protection fault",
        14 => "page fault",
        16 => "x87 floating point error",
        17 => "alignment check",
        18 => "machine check",
        19 => "SIMD floating point error",
        20 => "virtualization exception",
        21 => "control protection exception",
        28 => "hypervisor injection exception",
        29 => "VMM communication exception",
        30 => "security exception",
        _ => "reserved exception",
    }
}

/// Called by `traps.s` for every exception and for the timer.
#[unsafe(no_mangle)]
extern "C" fn board_trap(frame: &Frame) {
    if frame.vector == u64::from(timer::VECTOR) {
        timer::tick();
    } else {
        report(frame);
    }
}

/// Says what happened, and ends the run.
fn report(frame: &Frame) -> ! {
    static REPORTING: AtomicBool = AtomicBool::new(false);
    if REPORTING.swap(true, Ordering::Relaxed) {
        // The report itself faulted: what it has sent so far has to do.
        super::end(Ending::Fault);
    }
    crate::bare::logger::abandon_open_frame();
    println!(
        "{} (vector {}, error code {:#x}) at rip {:#x}, rsp {:#x}",
        name(frame.vector),
        frame.vector,
        frame.error_code,
        frame.rip,
        frame.rsp
    );
    if matches!(frame.vector, 8 | 14) {
        report_address(frame);
    }
    super::end(Ending::Fault)
}

/// Which address a page fault was about, and what that means here. A double
/// fault is reported the same way: it mostly is a page fault that could not be
/// delivered.
fn report_address(frame: &Frame) {
    const WRITE: u64 = 1 << 1;
    const FETCH: u64 = 1 << 4;
    let address = Cr2::read_raw();
    let access = match frame.error_code {
        _ if frame.vector != 14 => "last faulting access",
        code if code & FETCH != 0 => "instruction fetch",
        code if code & WRITE != 0 => "write",
        _ => "read",
    };
    let meaning = if address < 4096 {
        ": a null pointer"
    } else if paging::stack_guard().contains(&address) {
        ": stack overflow"
    } else {
        ""
    };
    println!("{access} at address {address:#x}{meaning}");
}
